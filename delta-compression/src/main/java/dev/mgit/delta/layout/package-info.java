/**
 * What a checkpoint file is made of: a {@link dev.mgit.delta.layout.Layout} of ordered byte ranges that cover the file, the
 * logical tensors over them, and the tools that all readers share. Knows no format: those have a package each below {@code
 * format}, and nothing here executes anything, writes anything, or believes a length before it is checked.
 */
@NullMarked
package dev.mgit.delta.layout;

import org.jspecify.annotations.NullMarked;
