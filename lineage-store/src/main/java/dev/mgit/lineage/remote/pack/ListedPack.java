package dev.mgit.lineage.remote.pack;

/**
 * A pack and what it holds.
 *
 * @param size bytes of the pack
 */
public record ListedPack(PackName name, long size, PackListing listing) {}
