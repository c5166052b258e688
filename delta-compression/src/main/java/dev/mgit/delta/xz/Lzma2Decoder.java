package dev.mgit.delta.xz;

import dev.mgit.delta.layout.FormatException;

/** The chunks of one LZMA2 stream: parts copied as they are, and parts that {@link LzmaDecoder} decodes. */
final class Lzma2Decoder {
    private final byte[] in;
    private final Window window;
    private final LzmaDecoder lzma;
    private int at;
    private int left;
    private boolean copied;
    private boolean ended;
    private boolean begun;

    Lzma2Decoder(byte[] in, int at, int dictionary) {
        this.in = in;
        this.at = at;
        this.window = new Window(dictionary);
        this.lzma = new LzmaDecoder(in, window);
    }

    /** Where the next byte is, once everything was read. */
    int position() {
        return at;
    }

    int dictionary() {
        return window.size();
    }

    /** How many bytes there were; fewer than asked for only at the end. */
    int read(byte[] target, int offset, int length) {
        int done = 0;
        while (done < length) {
            if (left == 0 && !nextChunk()) {
                return done;
            }
            target[offset + done++] = copied ? window.put((byte) u8()) : lzma.next(left);
            left--;
        }
        return done;
    }

    private boolean nextChunk() {
        if (ended) {
            return false;
        }
        if (begun && !copied) {
            at = lzma.end();
        }
        int control = u8();
        if (control == 0) {
            ended = true;
            copied = true; // nothing of the last chunk is left to be passed over
            return false;
        }
        if (control == 1 || control >= 0xe0) {
            window.reset();
        } else if (!begun || (control > 2 && control < 0x80)) {
            throw damaged();
        }
        copied = control < 0x80;
        begun = true;
        if (copied) {
            left = u16() + 1;
        } else {
            left = ((control & 0x1f) << 16) + u16() + 1;
            int packed = u16() + 1;
            int reset = (control >> 5) & 3;
            int properties = reset >= 2 ? u8() : -1;
            if (at > in.length - packed) {
                throw damaged();
            }
            lzma.begin(at, packed, reset > 0, properties);
        }
        return true;
    }

    private int u16() {
        return (u8() << 8) | u8();
    }

    private int u8() {
        if (at >= in.length) {
            throw new FormatException("what xz compressed is cut off at byte " + at);
        }
        return in[at++] & 0xff;
    }

    private FormatException damaged() {
        return new FormatException("what xz compressed is damaged at byte " + at);
    }
}
