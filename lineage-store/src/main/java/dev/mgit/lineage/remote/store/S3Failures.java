package dev.mgit.lineage.remote.store;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;

/** What the SDK says when a request fails, in the user's words, and whether it is worth trying again. */
final class S3Failures {
    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_FOUND = 404;
    private static final int RANGE = 416;
    private static final Set<Integer> REFUSED = Set.of(401, 403);
    /** Timeout, conflict of conditional writes, too many requests. */
    private static final Set<Integer> PASSING = Set.of(408, 409, 429);

    private final String bucket;
    private final String url;

    S3Failures(String bucket, String url) {
        this.bucket = bucket;
        this.url = url;
    }

    private static int status(Throwable e) {
        return e instanceof SdkServiceException service ? service.statusCode() : 0;
    }

    static boolean conditionFailed(SdkException e) {
        return status(e) == PRECONDITION_FAILED;
    }

    static boolean isOutside(SdkException e) {
        return status(e) == RANGE;
    }

    /** Whether the object is missing, and not the bucket. */
    boolean isMissing(SdkException e) {
        return status(e) == NOT_FOUND && !noBucket(e);
    }

    private static boolean noBucket(Throwable e) {
        return e instanceof NoSuchBucketException
                || (e instanceof AwsServiceException service
                        && service.awsErrorDetails() != null
                        && "NoSuchBucket".equals(service.awsErrorDetails().errorCode()));
    }

    StoreException of(String what, Exception e) {
        int status = status(e);
        String sentence = what + " at " + url + ": ";
        if (noBucket(e)) {
            return StoreException.lasting(
                    "there is no bucket " + bucket + " at " + url, "create the bucket, or correct the URL", e);
        }
        if (REFUSED.contains(status)) {
            return StoreException.lasting(
                    sentence + "access denied",
                    "check the credentials (AWS_PROFILE, ~/.aws or the machine's role) and the rights to the bucket",
                    e);
        }
        if (status == 0) {
            return isIo(e)
                    ? StoreException.passing(sentence + reason(e), Duration.ZERO, e)
                    : StoreException.lasting(
                            sentence + reason(e),
                            "set credentials as for the AWS tools: the environment, ~/.aws, or the machine's role",
                            e);
        }
        boolean cutShort = status < 100; // in the middle of the status line
        if (status >= 500 || cutShort || PASSING.contains(status)) {
            return StoreException.passing(sentence + "status " + status, retryAfter(e), e);
        }
        return StoreException.lasting(sentence + reason(e), null, e);
    }

    private static boolean isIo(Throwable e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    /** The innermost message: what went wrong, without what failed because of it. */
    private static String reason(Throwable e) {
        Throwable at = e;
        while (at.getCause() != null) {
            at = at.getCause();
        }
        String message = at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /** Seconds of the header {@code Retry-After}; a date, which services do not send here, counts for nothing. */
    private static Duration retryAfter(Exception e) {
        if (e instanceof AwsServiceException service
                && service.awsErrorDetails() != null
                && service.awsErrorDetails().sdkHttpResponse() != null) {
            String seconds = service.awsErrorDetails()
                    .sdkHttpResponse()
                    .firstMatchingHeader("Retry-After")
                    .orElse("");
            if (seconds.matches("\\d{1,6}")) {
                return Duration.ofSeconds(Long.parseLong(seconds));
            }
        }
        return Duration.ZERO;
    }
}
