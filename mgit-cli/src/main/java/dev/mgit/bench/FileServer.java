package dev.mgit.bench;

import dev.mgit.delta.MgitException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A server in a process of its own. */
final class FileServer implements AutoCloseable {
    private static final int TRIES = 100;
    private static final long BETWEEN_MILLIS = 50;

    private final Process process;
    private final String url;

    private FileServer(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    String url() {
        return url;
    }

    /**
     * {@code mgit serve}, started as its users start it.
     *
     * @param caches where it keeps decoded files
     */
    static FileServer mgit(Path repository, Path caches) throws IOException {
        ProcessBuilder command = new ProcessBuilder(Spawned.mgit("serve", "--port", "0"))
                .directory(repository.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        command.environment().put("XDG_CACHE_HOME", caches.toString());
        Process process = command.start();
        BufferedReader lines = process.inputReader();
        String first = lines.readLine();
        if (first == null) {
            throw MgitException.failed("'mgit serve' did not start");
        }
        return new FileServer(process, first.replaceFirst("^Serving .* at (http\\S+)$", "$1"));
    }

    /** nginx as Debian's package sets it up for files, if there is one. */
    static Optional<FileServer> nginx(Path scratch, Path files) throws IOException {
        Optional<Path> program = Stream.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty()) {
            return Optional.empty();
        }
        int port = freePort();
        Path home = Files.createDirectories(scratch.resolve("nginx"));
        Path config = home.resolve("nginx.conf");
        Files.writeString(
                config,
                "daemon off; user root; worker_processes auto; pid " + home.resolve("pid")
                        + "; error_log stderr crit;\n"
                        + "events { worker_connections 768; }\n"
                        + "http { access_log off; sendfile on;\n"
                        + "  server { listen 127.0.0.1:" + port + "; root " + files + "; } }\n");
        List<String> command =
                new ArrayList<>(List.of(program.get().toString(), "-p", home.toString(), "-c", config.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
        awaitPort(port);
        return Optional.of(new FileServer(process, "http://127.0.0.1:" + port));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitPort(int port) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException e) {
                if (attempt == TRIES) {
                    throw e;
                }
            }
            try {
                Thread.sleep(BETWEEN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw MgitException.failed("interrupted");
            }
        }
    }

    /** Most memory the server and its children have had, in all. */
    long peakBytes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .mapToLong(handle -> Spawned.peak(handle.pid()))
                .sum();
    }

    @Override
    public void close() {
        process.destroy();
        ChildProcess.await(process);
    }
}
