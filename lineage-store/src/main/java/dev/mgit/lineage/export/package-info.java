/**
 * Versions as plain files for people without mgit: the layout of a Hugging Face repository with its model card, and the
 * CNCF ModelPack artifact. Everything appears whole under a name that was free.
 */
@NullMarked
package dev.mgit.lineage.export;

import org.jspecify.annotations.NullMarked;
