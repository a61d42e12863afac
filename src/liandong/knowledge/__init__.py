"""Answer cards (知识卡片): written, approved by another person, searched, cited, kept equal between centres, and mined from calls."""
