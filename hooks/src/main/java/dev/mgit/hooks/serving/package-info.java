/**
 * Dividing a machine's threads among instances of a model, as Packrat does (2311.18174): latency profiles, the plan of
 * least latency, and the note that keeps it with its version.
 */
@NullMarked
package dev.mgit.hooks.serving;

import org.jspecify.annotations.NullMarked;
