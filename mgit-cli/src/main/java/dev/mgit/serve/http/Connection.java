package dev.mgit.serve.http;

import dev.mgit.delta.MgitException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** One connection and the requests that come over it, one after the other. */
final class Connection implements Runnable {
    private static final int DRAINED = 1 << 16;

    /** What a client that is refused may still have under way before it looks for the reply. */
    private static final int LINGERED = 4 << 20;

    private static final long NONE = Long.MAX_VALUE;

    private final SocketChannel socket;
    private final Limits limits;
    private final Router router;
    private final Consumer<String> warnings;
    private final Consumer<Connection> ended;
    /** When the client is to have done what is waited for, by {@link System#nanoTime}; or nothing is waited for. */
    private volatile long deadline = NONE;

    private volatile long waitingSince;
    private volatile boolean waiting = true;
    private volatile boolean last;

    Connection(
            SocketChannel socket, Limits limits, Router router, Consumer<String> warnings, Consumer<Connection> ended) {
        this.socket = socket;
        this.limits = limits;
        this.router = router;
        this.warnings = warnings;
        this.ended = ended;
        this.waitingSince = System.nanoTime();
        expect();
    }

    @Override
    public void run() {
        try (socket) {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            InputStream in = new BufferedInputStream(new Patient(socket.socket().getInputStream()));
            OutputStream out =
                    new BufferedOutputStream(new Paced(socket.socket().getOutputStream()), Limits.PIECE);
            while (one(in, out)) {
                waitingSince = System.nanoTime();
                waiting = true;
            }
        } catch (IOException e) {
            // the client went away, or was too slow
        } catch (Throwable e) { // whatever it is, the client sees the connection cut
            warnings.accept("a request failed: " + e);
        } finally {
            ended.accept(this);
        }
    }

    /** Answers one request; whether there may be another. */
    private boolean one(InputStream in, OutputStream out) throws IOException {
        if (last) {
            return false;
        }
        expect();
        RequestHead head;
        try {
            Optional<RequestHead> read = RequestHead.read(in, limits);
            if (read.isEmpty()) {
                return false;
            }
            head = read.get();
            waiting = false;
        } catch (HttpError e) {
            waiting = false;
            send(e.reply(), false, true, out);
            endPolitely(in);
            return false;
        }
        deadline = NONE;
        var body = new RequestBody(in, head.length(), () -> sayContinue(head, out));
        Reply reply = router.answer(head, body);
        boolean refused = reply.status() == 400 || reply.status() > 400 && head.length() != 0;
        boolean close = last || !head.keepAlive() || refused;
        send(reply, head.method().equals("HEAD"), close, out);
        if (refused) {
            endPolitely(in);
        }
        return !close && body.drain(DRAINED);
    }

    private static void sayContinue(RequestHead head, OutputStream out) {
        try {
            if (head.header("Expect").filter("100-continue"::equalsIgnoreCase).isPresent()) {
                out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a reply. Its first bytes are at hand before its headers are sent, so that most failures have a status. */
    private void send(Reply reply, boolean head, boolean close, OutputStream out) throws IOException {
        try (Body.Pieces pieces = head ? () -> null : reply.body().open()) {
            Piece piece = pieces.next();
            writeHead(reply, close, out);
            while (piece != null) {
                send(piece, out);
                piece = pieces.next();
            }
            out.flush();
        } catch (HttpError e) {
            requireNothingSent(e);
            send(e.reply(), head, close, out);
        } catch (MgitException e) {
            HttpError failure = router.failure(e);
            requireNothingSent(failure);
            send(failure.reply(), head, close, out);
        } finally {
            headSent = false;
        }
    }

    private void send(Piece piece, OutputStream out) throws IOException {
        if (piece instanceof Piece.FilePart part) {
            out.flush();
            transfer(part);
        } else if (piece instanceof Piece.Bytes memory) {
            ByteBuffer bytes = memory.bytes();
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }
    }

    /** The system copies from file to socket ({@code sendfile}). */
    private void transfer(Piece.FilePart part) throws IOException {
        FileChannel file = part.file();
        for (long done = 0; done < part.length(); ) {
            expect();
            long sent = file.transferTo(part.from() + done, Math.min(Limits.PIECE, part.length() - done), socket);
            if (sent <= 0) {
                throw new IOException("a file became shorter while it was sent");
            }
            done += sent;
        }
        deadline = NONE;
    }

    private boolean headSent;

    private void requireNothingSent(HttpError e) throws IOException {
        if (headSent) {
            throw new IOException("cut off: " + e.getMessage(), e);
        }
    }

    private void writeHead(Reply reply, boolean close, OutputStream out) throws IOException {
        headSent = true;
        var text = new StringBuilder("HTTP/1.1 ")
                .append(reply.status())
                .append(' ')
                .append(Status.phrase(reply.status()))
                .append("\r\n");
        reply.headers().forEach((name, value) -> header(text, name, value));
        header(text, "Content-Length", String.valueOf(reply.body().length()));
        Map.of("X-Content-Type-Options", "nosniff", "Cross-Origin-Resource-Policy", "same-origin")
                .forEach((name, value) -> header(text, name, value));
        if (close) {
            header(text, "Connection", "close");
        }
        out.write(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void header(StringBuilder text, String name, String value) {
        if (value.chars().anyMatch(c -> c < ' ' || c > 0x7e)) {
            throw new IllegalArgumentException("not a value of a header: " + name);
        }
        text.append(name).append(": ").append(value).append("\r\n");
    }

    /** A connection closed with unread bytes is reset, and the client may never see the reply. */
    private void endPolitely(InputStream in) throws IOException {
        socket.shutdownOutput();
        expect();
        byte[] unread = new byte[1 << 13];
        long end = System.nanoTime() + limits.patience().toNanos();
        for (int left = LINGERED; left > 0 && System.nanoTime() - end < 0; ) {
            int count = in.read(unread);
            left = count < 0 ? 0 : left - count;
        }
    }

    private void expect() {
        deadline = System.nanoTime() + limits.patience().toNanos();
    }

    /** Cuts the connection if its client has kept the server waiting for too long. */
    void checkPace(long now) {
        long due = deadline;
        if (due != NONE && now - due > 0) {
            cut();
        }
    }

    /** Since when the next request is waited for; empty if one is at work. */
    Optional<Long> waitingSince() {
        return waiting ? Optional.of(waitingSince) : Optional.empty();
    }

    /** Lets the request that is under way be the last. */
    void finish() {
        last = true;
        if (waiting) {
            cut();
        }
    }

    void cut() {
        try (socket) {
            socket.shutdownOutput(); // a thread that sends a file does not notice that its socket is closed
        } catch (IOException e) {
            // closed is closed
        }
    }

    /** A head is to be there in time as a whole, a body piece by piece. */
    private final class Patient extends InputStream {
        private final InputStream in;

        Patient(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (waiting) {
                return in.read(target, offset, length);
            }
            expect();
            try {
                return in.read(target, offset, length);
            } finally {
                deadline = NONE;
            }
        }
    }

    /** Hands bytes to the client a piece at a time, each of which is to be taken in time. */
    private final class Paced extends OutputStream {
        private final OutputStream out;

        Paced(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; done += Limits.PIECE) {
                expect();
                out.write(bytes, offset + done, Math.min(Limits.PIECE, length - done));
            }
            deadline = NONE;
        }
    }
}
