package dev.mgit.delta.layout;

import dev.mgit.delta.deflate.DeflateSettings;

/**
 * A deflate stream in a file.
 *
 * @param offset where in the file's content it begins: the file with every such stream replaced by what it unpacks to
 * @param length bytes that it unpacks to
 * @param packedLength bytes that it takes in the file
 * @param settings with which these bytes come out again
 */
public record PackedStream(long offset, long length, long packedLength, DeflateSettings settings) {
    public long end() {
        return offset + length;
    }
}
