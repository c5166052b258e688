package dev.mgit.lineage.remote.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a client and a server and does what networks and servers do. A fault is spent on one connection, in the
 * order of connections; those that are open when faults are set are closed first, so that the next request meets one.
 */
public final class FaultProxy implements AutoCloseable {
    /**
     * What happens to a connection.
     *
     * @param upload bytes of the client's after which it is cut
     * @param download bytes of the server's after which it is cut
     * @param answer what the proxy says itself, before it reads anything; empty to ask the server
     */
    public record Fault(long upload, long download, String answer) {
        private static final long NEVER = Long.MAX_VALUE;

        public static Fault cutUpload(long bytes) {
            return new Fault(bytes, NEVER, "");
        }

        /** With 0, the server does what it is asked and its answer is lost. */
        public static Fault cutDownload(long bytes) {
            return new Fault(NEVER, bytes, "");
        }

        /** @param headers each ended by a line feed */
        public static Fault answer(int status, String headers) {
            return new Fault(
                    NEVER,
                    NEVER,
                    ("HTTP/1.1 " + status + " So\n" + headers + "Content-Length: 0\nConnection: close\n\n")
                            .replace("\n", "\r\n"));
        }

        static Fault none() {
            return new Fault(NEVER, NEVER, "");
        }
    }

    private final ServerSocket listener;
    private final int port;
    private final Queue<Fault> faults = new ArrayDeque<>();
    private final AtomicLong flipped = new AtomicLong(Fault.NEVER);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** @param port of the server on this machine */
    public FaultProxy(int port) throws IOException {
        this.port = port;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** What happens to the next connections. */
    public synchronized void next(Fault... coming) {
        for (Fault fault : coming) {
            faults.add(fault);
        }
        open.forEach(FaultProxy::close);
    }

    /** Changes this byte of the first connection on which the server sends so many. */
    public synchronized void flipOnce(long at) {
        flipped.set(at);
        open.forEach(FaultProxy::close);
    }

    /** Faults no connection has met yet. */
    public synchronized int left() {
        return faults.size();
    }

    private synchronized Fault take() {
        Fault next = faults.poll();
        return next == null ? Fault.none() : next;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                Fault fault = take();
                if (!fault.answer().isEmpty()) {
                    start(() -> answer(client, fault));
                } else {
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                    open.add(server);
                    start(() -> copy(client, server, fault.upload(), new AtomicLong(Fault.NEVER)));
                    start(() -> copy(server, client, fault.download(), flipped));
                }
            } catch (IOException e) {
                // closed, or the server is gone: the client sees it
            }
        }
    }

    /** Reads what was sent already, so that closing does not take the answer back. */
    private static void answer(Socket client, Fault fault) {
        try (client) {
            client.getOutputStream().write(fault.answer().getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().flush();
            client.shutdownOutput();
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // as networks are
        }
    }

    private static void copy(Socket from, Socket to, long most, AtomicLong flipped) {
        byte[] buffer = new byte[8192];
        long done = 0;
        try (from;
                to) {
            InputStream in = from.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                long flip = flipped.get();
                if (done <= flip && flip < done + count && flipped.compareAndSet(flip, Fault.NEVER)) {
                    buffer[(int) (flip - done)] ^= 1;
                }
                int passed = (int) Math.min(count, most - done);
                to.getOutputStream().write(buffer, 0, passed);
                done += count;
                if (done > most) {
                    return;
                }
            }
        } catch (IOException e) {
            // the other side sees it
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "fault proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(FaultProxy::close);
    }
}
