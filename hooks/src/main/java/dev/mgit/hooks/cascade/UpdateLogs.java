package dev.mgit.hooks.cascade;

import java.nio.file.Path;

/**
 * What the command for a model prints.
 *
 * @param stdout not there before the command has started, or if its output was reused
 * @param over whether nothing more will come
 */
public record UpdateLogs(Path stdout, Path stderr, boolean over) {}
