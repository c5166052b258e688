/**
 * A diff as text, JSON, Markdown and HTML. Adds nothing to what {@code diff} found.
 */
@NullMarked
package dev.mgit.lineage.diff.report;

import org.jspecify.annotations.NullMarked;
