/**
 * The index of which version has which tensors, so that a search need not read every manifest. Derived data: rebuilt
 * when missing.
 */
@NullMarked
package dev.mgit.lineage.tensorindex;

import org.jspecify.annotations.NullMarked;
