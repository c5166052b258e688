package dev.mgit.delta.format.torch;

/**
 * Memory that tensors are views of.
 *
 * @param key torch's name for it: in a zip the last part of its file's name
 * @param elements of {@code type}
 */
public record TorchStorage(String key, TorchTypes.Type type, long elements) {
    long bytes() {
        return elements * type.bytes();
    }
}
