/**
 * The folders in which the Hugging Face Hub's library keeps what it downloaded. Reads them, and never writes there.
 */
@NullMarked
package dev.mgit.lineage.hub;

import org.jspecify.annotations.NullMarked;
