package dev.mgit.serve.hub.push;

import dev.mgit.delta.Hashes;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.Token;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;

/**
 * Uploads by Xet, as far as hf_xet needs a server: xorbs, and the shards that make files of them. Each upload is a session
 * at an address of its own. A client remembers by address what it has sent, and leaves it out the next time; a session's
 * xorbs are gone by then.
 */
final class XetUploads {
    private static final int SESSION = 16;
    private static final Duration GOOD_FOR = Duration.ofHours(12);
    private static final long LONGEST_SHARD = 80L << 20;

    private final Uploads uploads;
    private final XetFiles files;
    private final Branches branches;
    private final StoredFiles stored;
    private final SecureRandom random = new SecureRandom();

    XetUploads(Uploads uploads, XetFiles files, Branches branches, StoredFiles stored) {
        this.uploads = uploads;
        this.files = files;
        this.branches = branches;
        this.stored = stored;
    }

    /** {@code GET /api/models/ID/xet-write-token/REVISION}: where to send what, and the client's own token for there */
    Reply token(Request request) throws IOException {
        String model =
                branches.find(request.part("id"), request.part("revision")).model();
        files.endIdle();
        uploads.requireRoom(0);
        byte[] bytes = new byte[SESSION];
        random.nextBytes(bytes);
        String session = HexFormat.of().formatHex(bytes);
        files.begin(uploads.xet().resolve(session), model);
        String address = request.origin() + "/xet/" + session;
        String secret = request.token().map(Token::secret).orElse("");
        long end = uploads.clock().instant().plus(GOOD_FOR).getEpochSecond();
        return Reply.json(Map.of("casUrl", address, "accessToken", secret, "exp", end))
                .with(Map.of(
                        "Cache-Control",
                        "no-store",
                        "X-Xet-Cas-Url",
                        address,
                        "X-Xet-Access-Token",
                        secret,
                        "X-Xet-Token-Expiration",
                        String.valueOf(end)));
    }

    /** {@code POST /xet/SESSION/v1/xorbs/default/HASH} */
    Reply xorb(Request request) throws IOException {
        Path session = session(request);
        String hash = request.part("hash");
        if (!XetShard.isHash(hash)) {
            throw Refusals.malformed("'" + hash + "' is no name of a xorb");
        }
        if (request.length().orElse(0) > Xorb.LONGEST) {
            throw Refusals.tooLarge("a xorb has " + Xorb.LONGEST + " bytes at most");
        }
        uploads.requireRoom(request.length().orElse(0));
        try (var file = new StagedFile(uploads, XetFiles.xorb(session, hash), Xorb.LONGEST)) {
            file.fill(request.body());
            file.publish();
            requireReadable(XetFiles.xorb(session, hash));
        } catch (IOException e) {
            throw Refusals.of(e);
        }
        return Reply.json(Map.of("was_inserted", true));
    }

    private void requireReadable(Path file) throws IOException {
        boolean sound = false;
        try (var xorb = Xorb.open(file)) {
            sound = xorb.bytes(0, 0) == 0;
        } finally {
            if (!sound) {
                uploads.delete(file);
            }
        }
    }

    /** {@code POST /xet/SESSION/v1/shards}: files are put together when a commit names them, which may take a while */
    Reply shard(Request request) throws IOException {
        Path session = session(request);
        if (request.length().orElse(0) > LONGEST_SHARD) {
            throw Refusals.tooLarge("a shard has " + LONGEST_SHARD + " bytes at most");
        }
        String model = files.model(session);
        try (var recipes = files.recipes(session)) {
            XetShard.read(new BufferedInputStream(request.body()), file -> {
                if (!stored.has(model, file.sha256())) { // the commit leaves out what is there already
                    recipes.add(file);
                }
            });
        } catch (IOException e) {
            throw Refusals.of(e);
        }
        return Reply.json(Map.of("result", 1));
    }

    private Path session(Request request) {
        String name = request.part("session");
        if (!Hashes.isHex(name, 2 * SESSION) || !files.isOpen(uploads.xet().resolve(name))) {
            throw new HttpError(404, "there is no upload under way at this address");
        }
        return uploads.xet().resolve(name);
    }
}
