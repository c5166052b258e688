package dev.mgit.lineage.remote.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ContentStreamProvider;

/** What is to be sent, and whether reading that failed rather than sending it: trying again is no help then. */
final class NotedSource implements ContentStreamProvider {
    private final Content content;
    private volatile @Nullable IOException failure;

    NotedSource(Content content) {
        this.content = content;
    }

    /** What reading failed with, null if it did not. */
    @Nullable
    IOException failure() {
        return failure;
    }

    @Override
    public InputStream newStream() {
        InputStream in;
        try {
            in = content.open();
        } catch (IOException e) {
            failure = e;
            throw new UncheckedIOException(e);
        }
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                try {
                    return in.read(target, from, length);
                } catch (IOException e) {
                    failure = e;
                    throw e;
                }
            }
        };
    }
}
