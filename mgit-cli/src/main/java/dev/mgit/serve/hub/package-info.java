/**
 * The endpoints of the Hugging Face Hub that its clients read models by: model information, trees, references, history
 * and files. All but the bytes of files come from the lineage alone.
 */
@NullMarked
package dev.mgit.serve.hub;

import org.jspecify.annotations.NullMarked;
