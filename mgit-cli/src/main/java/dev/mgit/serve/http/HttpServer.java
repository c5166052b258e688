package dev.mgit.serve.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Listens, and gives each connection a thread. There are only so many: where all are taken, a newcomer gets the place of
 * whoever has waited longest without asking for anything, so that idle and slow clients keep nobody out.
 */
public final class HttpServer implements AutoCloseable {
    private static final int BACKLOG = 128;
    private static final int STACK = 512 << 10;
    private static final long PAUSE_MILLIS = 1000;

    private final ServerSocketChannel listening;
    private final Limits limits;
    private final Router router;
    private final Consumer<String> warnings;
    private final Set<Connection> connections = new HashSet<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> daemon(task, "mgit-http"));
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "mgit-http-watch"));
    private final Thread acceptor = daemon(this::accept, "mgit-http-accept");
    private boolean closing;

    private HttpServer(ServerSocketChannel listening, Limits limits, Router router, Consumer<String> warnings) {
        this.listening = listening;
        this.limits = limits;
        this.router = router;
        this.warnings = warnings;
    }

    /**
     * Where and to whom a server answers.
     *
     * @param port 0 for any that is free
     * @param tokens of which clients have to show one; a server that others can reach has some
     * @param readOnly whether to refuse what changes the repository
     */
    public record Door(InetAddress address, int port, List<Token> tokens, boolean readOnly) {
        public Door {
            tokens = List.copyOf(tokens);
            if (tokens.isEmpty() && !address.isLoopbackAddress()) {
                throw new IllegalArgumentException("a server that others can reach needs a token");
            }
        }

        /** One that knows its clients by a single token. */
        public Door(InetAddress address, int port, Optional<String> token, boolean readOnly) {
            this(
                    address,
                    port,
                    token.stream()
                            .map(secret -> new Token("mgit", secret, true))
                            .toList(),
                    readOnly);
        }
    }

    /**
     * Starts a server.
     *
     * @param warnings told in one sentence what the owner should know
     * @throws IOException if the address or the port is not to be had
     */
    public static HttpServer start(Door door, List<Route> routes, Limits limits, Consumer<String> warnings)
            throws IOException {
        var guard = new Guard(door.address().isLoopbackAddress(), door.tokens());
        var listening = ServerSocketChannel.open();
        boolean bound = false;
        try {
            listening.bind(new InetSocketAddress(door.address(), door.port()), BACKLOG);
            bound = true;
        } finally {
            if (!bound) {
                listening.close();
            }
        }
        var server = new HttpServer(listening, limits, new Router(guard, routes, door.readOnly(), warnings), warnings);
        long tick = Math.max(1, Math.min(1000, limits.patience().toMillis() / 4));
        var unused = server.watch.scheduleWithFixedDelay(server::checkPace, tick, tick, TimeUnit.MILLISECONDS);
        server.acceptor.start();
        return server;
    }

    private static Thread daemon(Runnable task, String name) {
        var thread = new Thread(null, task, name, STACK);
        thread.setDaemon(true);
        return thread;
    }

    public int port() {
        return listening.socket().getLocalPort();
    }

    /** Connections that are open. */
    synchronized int connections() {
        return connections.size();
    }

    private void accept() {
        while (listening.isOpen()) {
            try {
                admit(listening.accept());
            } catch (IOException | OutOfMemoryError e) {
                if (listening.isOpen()) {
                    warnings.accept("cannot accept a connection: " + e.getMessage());
                    pause();
                }
            }
        }
    }

    /** What is missing, file descriptors as a rule, comes back when others are done. */
    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void admit(SocketChannel socket) throws IOException {
        Optional<Connection> longest = connections.size() < limits.connections() ? Optional.empty() : longestWaiting();
        longest.ifPresent(this::drop);
        if (closing || connections.size() >= limits.connections()) {
            socket.close();
            return;
        }
        var connection = new Connection(socket, limits, router, warnings, this::ended);
        connections.add(connection);
        boolean started = false;
        try {
            threads.execute(connection);
            started = true;
        } finally {
            if (!started) {
                drop(connection);
            }
        }
    }

    private Optional<Connection> longestWaiting() {
        long now = System.nanoTime();
        return connections.stream()
                .filter(connection -> connection.waitingSince().isPresent())
                .max(Comparator.comparingLong(
                        connection -> now - connection.waitingSince().orElse(now)));
    }

    private void drop(Connection connection) {
        connection.cut();
        connections.remove(connection);
    }

    private synchronized void ended(Connection connection) {
        connections.remove(connection);
        notifyAll();
    }

    private synchronized void checkPace() {
        long now = System.nanoTime();
        connections.forEach(connection -> connection.checkPace(now));
    }

    /** Takes no more requests, and returns when those under way are answered or their time is up. */
    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            warnings.accept("cannot stop listening: " + e.getMessage());
        }
        awaitAcceptor();
        finishConnections();
        watch.shutdownNow();
        threads.shutdown();
    }

    /** While a thread waits in accept, the system takes connections for a socket that is closed already. */
    private void awaitAcceptor() {
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void finishConnections() {
        closing = true;
        connections.forEach(Connection::finish);
        long deadline = System.nanoTime() + limits.grace().toNanos();
        while (!connections.isEmpty() && System.nanoTime() - deadline < 0) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        connections.forEach(Connection::cut);
        connections.clear();
    }
}
