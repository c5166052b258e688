/** A diff as text, JSON, Markdown and HTML, and in one sentence. Never says more than the numbers show. */
@NullMarked
package dev.mgit.lineage.diff.report;

import org.jspecify.annotations.NullMarked;
