package dev.mgit.serve.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends exactly what it is told to. */
final class Wire implements AutoCloseable {
    private final Socket socket;

    Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
    }

    /** Sends bytes; lines are written with LF here and sent with CR LF. */
    Wire send(String text) throws IOException {
        socket.getOutputStream().write(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** All the server says until it closes the connection. */
    String rest() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** What the server says to a whole exchange, of which the client asks to be the last. */
    static String exchange(int port, String text) throws IOException {
        try (Wire wire = new Wire(port)) {
            return wire.send(text).rest();
        }
    }

    /** The status of a GET with further header lines. */
    static int status(int port, String target, String... headers) throws IOException {
        return status(get(port, target, headers));
    }

    static String get(int port, String target, String... headers) throws IOException {
        String more = headers.length == 0 ? "" : String.join("\n", headers) + "\n";
        return exchange(port, "GET " + target + " HTTP/1.1\nHost: localhost\nConnection: close\n" + more + "\n");
    }

    static int status(String reply) {
        return Integer.parseInt(reply.split(" ", 3)[1]);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
