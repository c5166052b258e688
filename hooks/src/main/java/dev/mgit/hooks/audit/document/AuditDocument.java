package dev.mgit.hooks.audit.document;

import dev.mgit.hooks.audit.AuditAnswer;
import java.io.IOException;
import java.io.OutputStream;

/** Writes an answer in one format. The same answer is the same bytes: nothing depends on when or where it is written. */
public interface AuditDocument {
    /** Writes the whole document, in UTF-8 with a line end at its end; the stream stays open. */
    void write(AuditAnswer answer, OutputStream out) throws IOException;
}
