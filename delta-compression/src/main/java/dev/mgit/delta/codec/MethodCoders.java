package dev.mgit.delta.codec;

/** The coders behind the methods of payloads, whose scratch memory and native contexts encoder and decoder share. */
record MethodCoders(
        Zstd zstd, ZstdPatch patch, PlaneCoder planes, TokenCoder tokens, PaletteCoder palette, StepCoder quanta) {
    static MethodCoders create() {
        Zstd zstd = new Zstd();
        StreamCoder streams = new StreamCoder(zstd);
        return new MethodCoders(
                zstd,
                new ZstdPatch(),
                new PlaneCoder(streams),
                new TokenCoder(streams),
                new PaletteCoder(streams),
                new StepCoder(streams));
    }
}
