/**
 * Finds what a checkpoint names and does not have: missing shards, external data, parts of pipelines. Reports; refuses
 * nothing itself.
 */
@NullMarked
package dev.mgit.lineage.completeness;

import org.jspecify.annotations.NullMarked;
