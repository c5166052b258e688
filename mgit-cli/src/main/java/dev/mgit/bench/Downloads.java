package dev.mgit.bench;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Random;

/** What one client, or several at once, get of a file from a server. Bytes are counted and thrown away. */
final class Downloads {
    private static final int RANGE = 1 << 16;
    private static final int RANGES = 200;
    private static final int CLIENTS = 8;

    private final String url;
    private final long size;

    Downloads(String url, long size) {
        this.url = url;
        this.size = size;
    }

    /**
     * @param firstByte seconds to the first byte of the first request
     * @param whole seconds for the whole file
     * @param again the same once more
     * @param ranges a second, one after the other
     * @param eight seconds for as many clients to have the whole file each
     */
    record Figures(double firstByte, double whole, double again, double ranges, double eight) {}

    Figures measure() throws IOException {
        double firstByte = seconds(() -> get(size / 2, 1));
        double whole = seconds(() -> get(0, size));
        double again = seconds(() -> get(0, size));
        double ranges = seconds(() -> {
            var random = new Random(1);
            for (int i = 0; i < RANGES; i++) {
                get((long) (random.nextDouble() * (size - RANGE)), RANGE);
            }
        });
        double eight = seconds(() -> TaskPool.forEach(CLIENTS, CLIENTS, client -> get(0, size)));
        return new Figures(firstByte, whole, again, RANGES / ranges, eight);
    }

    private interface Work {
        void run() throws IOException;
    }

    private static double seconds(Work work) throws IOException {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private void get(long from, long length) throws IOException {
        var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        if (length < size) {
            connection.setRequestProperty("Range", "bytes=" + from + "-" + (from + length - 1));
        }
        byte[] buffer = new byte[1 << 18];
        long got = 0;
        try (InputStream in = connection.getInputStream()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                got += count;
            }
        }
        if (got != length) {
            throw MgitException.failed(url + " gave " + got + " bytes instead of " + length);
        }
    }
}
