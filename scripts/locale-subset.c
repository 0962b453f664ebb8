// Writes the part of Foundation's locale data that Kata's programs use, in the form that Foundation reads (ICU's): a header,
// a table of the parts with the places of their names and contents, the names, the contents.
//
// All of the data is 34 MB: the names of countries, currencies and units in 700 languages, orders of letters, dictionaries,
// character sets of mainframes. Kata's programs speak English, and read and write UTF-8. Without a part, Foundation takes
// that of no language in particular; time zones and their rules are kept whole.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The name that the library has for its data, which has the version in it
extern const char DATA[];

struct entry {
    uint32_t name;
    uint32_t content;
};

static bool ends(const char *text, const char *with) {
    size_t length = strlen(text), ending = strlen(with);
    return length >= ending && strcmp(text + length - ending, with) == 0;
}

// Whether a part is for one language: `de.res`, `zh_Hant_TW.res`.
static bool is_of_language(const char *file) {
    size_t letters = strspn(file, "abcdefghijklmnopqrstuvwxyz");
    return ends(file, ".res") && strcmp(file, "res_index.res") != 0 && (letters == 2 || letters == 3) && (file[letters] == '_' || file[letters] == '.');
}

static bool is_kept(const char *name) {
    const char *file = strchr(name, '/');
    file = file ? file + 1 : name;
    // Folders of names, orders, dictionaries and transliterations
    if (strchr(file, '/')) return false;
    if (strcmp(file, "en.res") == 0 || strcmp(file, "en_001.res") == 0 || strcmp(file, "en_US.res") == 0) return true;
    if (is_of_language(file) || ends(file, ".cnv") || ends(file, ".spp") || ends(file, ".cfu")) return false;
    return strcmp(file, "unames.icu") != 0 && strcmp(file, "langInfo.res") != 0;
}

static void put(const void *bytes, size_t count) {
    if (count > 0 && fwrite(bytes, count, 1, stdout) != 1) {
        perror("locale-data");
        exit(1);
    }
}

static size_t padding(size_t offset) { return (16 - offset % 16) % 16; }

int main(void) {
    uint16_t header;
    memcpy(&header, DATA, sizeof header);
    if (memcmp(DATA + 2, "\xda\x27", 2) != 0 || memcmp(DATA + 12, "CmnD", 4) != 0) {
        fputs("locale-data: the data has a form that is not known here\n", stderr);
        return 1;
    }
    const char *base = DATA + header;
    uint32_t count;
    memcpy(&count, base, sizeof count);
    const struct entry *all = (const struct entry *)(base + sizeof count);

    struct entry *kept = calloc(count, sizeof *kept);
    // A part reaches to the next one. Where the last one ends isn't told; it must not be one that is kept.
    uint32_t *lengths = calloc(count, sizeof *lengths);
    uint32_t number = 0, names = 0;
    for (uint32_t i = 0; i + 1 < count; i++) {
        if (!is_kept(base + all[i].name)) continue;
        kept[number] = all[i];
        lengths[number++] = all[i + 1].content - all[i].content;
        names += strlen(base + all[i].name) + 1;
    }

    if (is_kept(base + all[count - 1].name)) {
        fputs("locale-data: the last part would be kept, and nothing tells where it ends\n", stderr);
        return 1;
    }

    put(DATA, header);
    put(&number, sizeof number);
    uint32_t name = sizeof number + number * sizeof *kept;
    uint32_t first = name + names + padding(header + name + names), content = first;
    for (uint32_t i = 0; i < number; i++) {
        struct entry entry = {name, content};
        put(&entry, sizeof entry);
        name += strlen(base + kept[i].name) + 1;
        content += lengths[i] + padding(lengths[i]);
    }
    for (uint32_t i = 0; i < number; i++) put(base + kept[i].name, strlen(base + kept[i].name) + 1);
    static const char zeroes[16];
    put(zeroes, first - name);
    for (uint32_t i = 0; i < number; i++) {
        put(base + kept[i].content, lengths[i]);
        put(zeroes, padding(lengths[i]));
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
