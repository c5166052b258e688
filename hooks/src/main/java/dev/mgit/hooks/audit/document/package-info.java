/** The answer of an audit as documents: for people, and in the formats that auditors' tools read. */
@NullMarked
package dev.mgit.hooks.audit.document;

import org.jspecify.annotations.NullMarked;
