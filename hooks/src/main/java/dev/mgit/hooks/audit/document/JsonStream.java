package dev.mgit.hooks.audit.document;

import dev.mgit.delta.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes one JSON object whose members are long lists, an element a line, without holding them all. */
final class JsonStream {
    private final OutputStream out;
    private boolean first = true;

    JsonStream(OutputStream out) throws IOException {
        this.out = out;
        write("{");
    }

    /** A member with a small value; an empty optional is left out. */
    JsonStream field(String name, @Nullable Object value) throws IOException {
        Object inside = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (inside != null) {
            name(name);
            write(Json.text(inside));
        }
        return this;
    }

    /** A member that is an array; it is there even if empty. */
    JsonStream array(String name, Stream<?> elements) throws IOException {
        name(name);
        write("[");
        String before = "\n";
        for (Iterator<?> each = elements.iterator(); each.hasNext(); before = ",\n") {
            write(before + Json.text(each.next()));
        }
        write("]");
        return this;
    }

    /** A member of an object that is written as a map. */
    record Member(String name, Object value) {}

    /** A member that is an object; left out if empty. */
    JsonStream object(String name, Stream<Member> members) throws IOException {
        boolean empty = true;
        for (Member member : (Iterable<Member>) members::iterator) {
            if (empty) {
                name(name);
                write("{");
            }
            write((empty ? "\n" : ",\n") + Json.text(member.name()) + ": " + Json.text(member.value()));
            empty = false;
        }
        if (!empty) {
            write("}");
        }
        return this;
    }

    void end() throws IOException {
        write("\n}\n");
        out.flush();
    }

    private void name(String name) throws IOException {
        write((first ? "\n" : ",\n") + Json.text(name) + ": ");
        first = false;
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
