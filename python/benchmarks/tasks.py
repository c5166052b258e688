"""What benchmarks train: small transformers, by PyTorch and transformers, on a CPU."""

import re
import sysconfig
from collections import Counter
from pathlib import Path


def sentences() -> "tuple[object, object]":
    """A BERT of 2 million parameters that learns a parity. Made data; most words are in few batches."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    class Sentences(torch.utils.data.Dataset):
        def __len__(self) -> int:
            return 512

        def __getitem__(self, index: int) -> dict:
            drawn = torch.Generator().manual_seed(index)
            ids = torch.randint(0, 8000, (32,), generator=drawn)
            return {"input_ids": ids, "labels": ids.sum() % 2}

    config = BertConfig(vocab_size=8000, hidden_size=128, num_hidden_layers=4, num_attention_heads=4,
                        intermediate_size=512, max_position_embeddings=64)
    return BertForSequenceClassification(config), Sentences()


def text() -> "tuple[object, object]":
    """A GPT-2 of 2 million parameters that learns real text: the source of Python's standard library, by words. Its
    output shares the embedding, so every weight has a gradient at every step."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    words: "list[str]" = []
    for file in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))[:120]:
        words += re.findall(r"\w+|[^\w\s]", file.read_text(errors="replace"))
    numbers = {word: number for number, (word, _) in enumerate(Counter(words).most_common(7999), 1)}
    ids = torch.tensor([numbers.get(word, 0) for word in words])

    class Windows(torch.utils.data.Dataset):
        def __len__(self) -> int:
            return len(ids) // 64

        def __getitem__(self, index: int) -> dict:
            window = ids[index * 64 : index * 64 + 64]
            return {"input_ids": window, "labels": window}

    config = GPT2Config(vocab_size=8000, n_positions=64, n_embd=128, n_layer=4, n_head=4, bos_token_id=0, eos_token_id=0)
    return GPT2LMHeadModel(config), Windows()


TASKS = {"sentences": sentences, "text": text}
