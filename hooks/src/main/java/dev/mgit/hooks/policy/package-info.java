/**
 * The repository's policy: what versions must have before they may be here or leave. It is versioned with the
 * repository's registry, so it travels with the lineage and every change of it is an operation.
 */
@NullMarked
package dev.mgit.hooks.policy;

import org.jspecify.annotations.NullMarked;
