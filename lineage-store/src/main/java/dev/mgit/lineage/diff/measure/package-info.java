/** How far two matched tensors are apart: statistics, ranks of updates. Streams; knows no names. */
@NullMarked
package dev.mgit.lineage.diff.measure;

import org.jspecify.annotations.NullMarked;
