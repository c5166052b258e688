#!/usr/bin/env bash
# Commits the family that family.py made, as its authors describe how it came about. Run it in a repository; the first
# argument is the folder that family.py wrote to, relative to it: lineage.sh family
set -euo pipefail
family=$1

mgit commit "$family/llama-8b" --model llama-8b
mgit commit "$family/llama-70b" --model llama-70b
mgit commit "$family/llama-405b" --model llama-405b

mgit commit "$family/nano-sft" --model nano-sft --from llama-8b=finetune
mgit commit "$family/nano" --model nano --from nano-sft=rl

mgit commit "$family/super-search" --model super-search --from llama-70b=search
mgit commit "$family/super-distilled" --model super-distilled --from super-search=continue-pretrain --from llama-70b=distill
mgit commit "$family/super-sft" --model super-sft --from super-distilled=finetune
mgit commit "$family/super-rpo" --model super-rpo --from super-sft=rl
mgit commit "$family/super" --model super --from super-sft=merge --from super-rpo=merge

mgit commit "$family/ultra-search" --model ultra-search --from llama-405b=search
mgit commit "$family/ultra-distilled" --model ultra-distilled --from ultra-search=continue-pretrain --from llama-405b=distill
mgit commit "$family/ultra-cpt" --model ultra-cpt --from ultra-distilled=continue-pretrain
mgit commit "$family/ultra-sft" --model ultra-sft --from ultra-cpt=finetune
mgit commit "$family/ultra" --model ultra --from ultra-sft=rl
