package dev.mgit.delta.codec;

/** How hard the coder tries. Decoding never needs to know. */
public enum Effort {
    FAST,
    BALANCED,
    SMALL
}
