package dev.mgit.bench;

import java.util.List;
import jdk.jfr.consumer.RecordedFrame;

/** What a thread of a commit or checkout is at, told by what stands on its stack, the innermost call first. */
enum Stage {
    FILE_HASH("file hash"),
    BLOCK_HASH("block hash"),
    READ("read"),
    WRITE("write"),
    STORE("store"),
    PLAN("plan"),
    DECODE("decode"),
    CODE("code"),
    OTHER("other");

    private final String label;

    Stage(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    static Stage of(List<RecordedFrame> stack) {
        boolean hashing = false;
        for (RecordedFrame frame : stack) {
            String type = frame.getMethod().getType().getName();
            String method = frame.getMethod().getName();
            if (type.startsWith("sun.security.provider") || type.equals("java.security.MessageDigest")) {
                hashing = true;
            } else if (hashing) {
                return type.equals("dev.mgit.delta.BlockId") || type.equals("dev.mgit.lineage.version.ObjectId")
                        ? BLOCK_HASH
                        : FILE_HASH;
            } else if (type.startsWith("sun.nio.ch.")) {
                if (method.startsWith("read") || method.startsWith("pread")) {
                    return READ;
                }
                if (method.startsWith("write") || method.startsWith("pwrite") || method.startsWith("force")) {
                    return WRITE;
                }
            } else if (type.startsWith("org.rocksdb.")) {
                return STORE;
            } else if (type.startsWith("dev.mgit.")) {
                Stage known = ofOurs(type.substring(type.lastIndexOf('.') + 1), method);
                if (known != OTHER) {
                    return known;
                }
            }
        }
        return hashing ? FILE_HASH : OTHER;
    }

    private static Stage ofOurs(String type, String method) {
        return switch (type) {
            case "RocksParameterStore", "RocksDatabase" -> STORE;
            case "Planner", "TensorPlans" -> PLAN;
            case "BlockCoder" -> method.equals("decode") ? DECODE : CODE;
            case "BlockReader" -> DECODE;
            default -> OTHER;
        };
    }
}
