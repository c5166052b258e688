package dev.mgit.lineage.version;

/** A fixed name for one version. */
public record Tag(String name, VersionId version) {}
