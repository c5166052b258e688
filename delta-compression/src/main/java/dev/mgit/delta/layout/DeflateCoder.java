package dev.mgit.delta.layout;

import dev.mgit.delta.deflate.DeflateEncoder;
import dev.mgit.delta.deflate.DeflateSettings;
import dev.mgit.delta.deflate.InflateDecoder;
import dev.mgit.delta.deflate.InflateDecoder.Restart;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * Deflate, as zlib does it.
 *
 * @param settings with which these bytes come out again
 */
public record DeflateCoder(DeflateSettings settings) implements StreamCoder {
    /** All there are, those in most use first. */
    static List<DeflateCoder> all() {
        return DeflateSettings.all().stream().map(DeflateCoder::new).toList();
    }

    @Override
    public Encoder encoder(OutputStream out) {
        var encoder = new DeflateEncoder(settings, out);
        return new Encoder() {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                encoder.write(bytes, offset, length);
            }

            @Override
            public void finish() throws IOException {
                encoder.finish();
            }
        };
    }

    @Override
    public Place beginning() {
        return place(Restart.BEGINNING);
    }

    private static Place place(Restart from) {
        return new Place(from.bit() / Byte.SIZE, from.position(), in -> new Inflating(new InflateDecoder(in, from)));
    }

    private record Inflating(InflateDecoder decoder) implements Decoder {
        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return decoder.read(target, offset, length);
        }

        @Override
        public long position() {
            return decoder.position();
        }

        @Override
        public Optional<Place> place() {
            return Optional.ofNullable(decoder.restart()).map(DeflateCoder::place);
        }
    }
}
