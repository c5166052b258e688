/**
 * The parameter store: blocks and objects by content, on RocksDB. The only package that knows RocksDB: no type of it
 * crosses this package's public methods. Knows bytes, not models.
 */
@NullMarked
package dev.mgit.lineage.parameters;

import org.jspecify.annotations.NullMarked;
