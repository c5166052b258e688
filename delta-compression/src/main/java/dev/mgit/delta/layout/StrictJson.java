package dev.mgit.delta.layout;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Streams JSON that may be hostile: valid UTF-8, no duplicate keys, little nesting, one value and nothing after it. */
public final class StrictJson {
    /** Characters of the longest text that is kept; what is only passed over may be of any length. */
    public static final int MAX_TEXT = 1 << 24;

    private static final int MAX_NAME = 1 << 20;

    /** Tokens in a value nobody asked for; a parser that looks for duplicate keys keeps them all. */
    private static final int MAX_SKIPPED = 1 << 16;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(100)
                    .maxNameLength(MAX_NAME)
                    .maxStringLength(MAX_TEXT)
                    .build())
            .build();

    /** Reads one value from a parser that stands before its first token. */
    public interface Body<T> {
        T read(JsonParser json) throws IOException;
    }

    private StrictJson() {}

    /**
     * Reads the JSON in a byte range.
     *
     * @throws FormatException if it is not well-formed, or nested deeper than any reader goes
     * @throws UnsupportedFormatException if a name or a text that is asked for is too long
     */
    public static <T> T read(ByteSource source, long offset, long length, Body<T> body) throws IOException {
        Reader text = new InputStreamReader(
                new SourceInputStream(source, offset, length), StandardCharsets.UTF_8.newDecoder());
        try (JsonParser json = FACTORY.createParser(text)) {
            T result = body.read(json);
            if (json.nextToken() != null) {
                throw new FormatException("the JSON at byte " + offset + " is followed by something else");
            }
            return result;
        } catch (StreamConstraintsException e) {
            throw limit(e);
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getCharOffset());
            throw new FormatException("the JSON near byte " + (offset + at) + " is broken: " + reason(e));
        } catch (CharacterCodingException e) {
            throw new FormatException("the JSON that begins at byte " + offset + " is not valid UTF-8");
        }
    }

    /** Moves on to the next token, which must be of this kind. */
    public static void expect(JsonParser json, JsonToken token, String what) throws IOException {
        if (json.nextToken() != token) {
            throw new FormatException(what + " should be " + describe(token));
        }
    }

    /** Passes over a value of any kind. */
    public static void skipValue(JsonParser json) throws IOException {
        int depth = 0;
        for (int tokens = 0; tokens < MAX_SKIPPED; tokens++) {
            JsonToken token = json.nextToken();
            if (token == null) {
                throw new FormatException("the JSON ends where a value is expected");
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (depth == 0) {
                return;
            }
        }
        throw new UnsupportedFormatException("a value in the JSON has more than " + MAX_SKIPPED + " parts");
    }

    /** Refuses halves of surrogate pairs, which no encoding can carry on. */
    public static String wellFormed(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new FormatException("the name or text \"" + text + "\" is not valid Unicode");
        }
        return text;
    }

    private static String describe(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "a text";
            default -> token.toString();
        };
    }

    private static FormatException limit(StreamConstraintsException e) {
        String message = "a part of the JSON is too large: " + reason(e);
        // The parser gives its three limits no types of their own.
        boolean nested = e.getOriginalMessage().contains("nesting");
        return nested ? new FormatException(message) : new UnsupportedFormatException(message);
    }

    /** The parser's first line, without its remarks on where it was reading from. */
    private static String reason(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        int end = message.indexOf('\n');
        message = end < 0 ? message : message.substring(0, end);
        int remark = message.indexOf(" (");
        return remark < 0 ? message : message.substring(0, remark);
    }
}
