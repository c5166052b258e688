package dev.mgit.lineage.version;

/** A named line of versions. */
public record Model(String name, VersionId head) {}
