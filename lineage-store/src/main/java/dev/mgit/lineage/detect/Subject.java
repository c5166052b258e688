package dev.mgit.lineage.detect;

import java.time.Instant;
import java.util.Optional;

/**
 * A checkpoint whose origin is asked for, or that may be an origin.
 *
 * @param name what it is called; only evidence
 * @param when it was made, as far as a file's time tells; only evidence
 * @param settled whether its own origin is known or nobody's business: it can be a parent, not a child
 */
public record Subject(String name, Optional<Instant> when, ModelSketch sketch, boolean settled) {}
