/**
 * What a model is built like, from its headers and its configuration: parameters by role, blocks, layer patterns. No
 * weights are read.
 */
@NullMarked
package dev.mgit.lineage.architecture;

import org.jspecify.annotations.NullMarked;
