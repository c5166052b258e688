package dev.mgit.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client sends is a request, or gets an answer that says what is wrong with it. */
class RequestFuzzTest {
    static Stream<byte[]> requests() {
        return Stream.of(
                        "GET /api/models/team%2Fbase?blobs=1&x=%C3%A9 HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9\r\n\r\n",
                        "POST /api/models/a/commit/main HTTP/1.0\r\nContent-Length: 12\r\nConnection: keep-alive\r\n\r\n",
                        "PUT /a HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 12\n\n")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("requests")
    @FuzzTest(maxDuration = "5m")
    void head(byte[] bytes) throws IOException {
        try {
            RequestHead.read(new ByteArrayInputStream(bytes), Limits.standard())
                    .ifPresent(head -> assertThat(head.length()).isGreaterThanOrEqualTo(RequestHead.CHUNKED));
        } catch (HttpError e) {
            assertThat(e.getMessage()).doesNotContain("\n");
        }
    }
}
