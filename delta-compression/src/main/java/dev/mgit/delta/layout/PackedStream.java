package dev.mgit.delta.layout;

/**
 * A stream in a file that stands for other bytes: deflated, or escaped as text.
 *
 * @param offset where in the file's content it begins: the file with every such stream replaced by what it stands for
 * @param length bytes that it stands for
 * @param packedLength bytes that it takes in the file
 * @param coder makes these bytes again
 */
public record PackedStream(long offset, long length, long packedLength, StreamCoder coder) {
    public long end() {
        return offset + length;
    }
}
