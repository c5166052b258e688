/**
 * What a version was made from, with what hooks know of it: recipes, data, tests and licences beside lineage's own audit.
 * {@link dev.mgit.hooks.audit.document} writes the answer in the formats that auditors' tools read.
 */
@NullMarked
package dev.mgit.hooks.audit;

import org.jspecify.annotations.NullMarked;
