// A reader of ELF shared objects of this machine's class. Pure functions, any thread.
#include "app/worker/elf_object.hpp"

#include <elf.h>
#include <link.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

namespace planguild {
namespace {

using elf_header = ElfW(Ehdr);
using program_header = ElfW(Phdr);
using dynamic_entry = ElfW(Dyn);
using symbol_entry = ElfW(Sym);
using address = ElfW(Addr);

constexpr unsigned char own_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
constexpr unsigned char own_order = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
#if defined(__x86_64__)
constexpr unsigned own_machine = EM_X86_64;
constexpr std::string_view own_machine_name = "x86-64";
#elif defined(__aarch64__)
constexpr unsigned own_machine = EM_AARCH64;
constexpr std::string_view own_machine_name = "AArch64";
#else
#error "The ELF machine number of this architecture is not known here."
#endif

/// Symbols of one hash bucket that are looked at; a sound file has a handful.
constexpr std::size_t chain_length_max = 100'000;
constexpr std::size_t library_path_bytes_max = 4'096;

class elf_file {
 public:
  explicit elf_file(std::string_view bytes) : bytes_(bytes) {}

  /// The object at `offset`; none if it does not lie within the file.
  template <class Object>
  std::optional<Object> at(std::uint64_t offset) const {
    static_assert(std::is_trivially_copyable_v<Object>);
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(Object)) return std::nullopt;
    Object result;
    std::memcpy(&result, bytes_.data() + offset, sizeof result);
    return result;
  }

  /// The zero-terminated text at `offset`, at most `bytes_max` bytes of it; none if it does not end within the file.
  std::optional<std::string_view> text_at(std::uint64_t offset, std::size_t bytes_max) const {
    if (offset >= bytes_.size()) return std::nullopt;
    const auto rest = bytes_.substr(static_cast<std::size_t>(offset), bytes_max);
    const auto end = rest.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    return rest.substr(0, end);
  }

  /// Takes the segments over; false if one is not whole within the file: to touch the rest of it would end the process.
  bool read_segments(const elf_header& header) {
    for (std::uint64_t index = 0; index < header.e_phnum; ++index) {  // at most 65,535
      const auto segment = at<program_header>(header.e_phoff + index * sizeof(program_header));
      if (!segment || header.e_phoff > bytes_.size()) return false;
      const bool is_whole =
          segment->p_offset <= bytes_.size() && segment->p_filesz <= bytes_.size() - segment->p_offset;
      if (segment->p_type == PT_LOAD && !is_whole) return false;
      if (segment->p_type == PT_LOAD || segment->p_type == PT_DYNAMIC) segments_.push_back(*segment);
    }
    return true;
  }

  const program_header* dynamic_segment() const {
    for (const auto& segment : segments_) {
      if (segment.p_type == PT_DYNAMIC) return &segment;
    }
    return nullptr;
  }

  /// Where in the file the byte is that is loaded at `where`; beyond the file if nowhere.
  std::uint64_t offset_of(address where) const {
    for (const auto& segment : segments_) {
      if (segment.p_type == PT_LOAD && where >= segment.p_vaddr && where - segment.p_vaddr < segment.p_filesz &&
          segment.p_offset <= bytes_.size()) {
        return segment.p_offset + (where - segment.p_vaddr);
      }
    }
    return bytes_.size();
  }

 private:
  std::string_view bytes_;
  std::vector<program_header> segments_;
};

/// What the dynamic section says, as addresses and offsets into the texts.
struct dynamic_facts {
  std::optional<address> texts;
  std::optional<address> symbols;
  std::optional<address> hash;
  std::optional<address> gnu_hash;
  std::optional<std::uint64_t> library_path;
  bool is_program = false;  // an executable that may lie anywhere
};

dynamic_facts read_dynamic(const elf_file& file, const program_header& segment) {
  dynamic_facts facts;
  const std::uint64_t count = segment.p_filesz / sizeof(dynamic_entry);
  for (std::uint64_t index = 0; index < count; ++index) {
    const auto entry = file.at<dynamic_entry>(segment.p_offset + index * sizeof(dynamic_entry));
    if (!entry || entry->d_tag == DT_NULL) break;
    switch (entry->d_tag) {
      case DT_STRTAB:
        facts.texts = entry->d_un.d_ptr;
        break;
      case DT_SYMTAB:
        facts.symbols = entry->d_un.d_ptr;
        break;
      case DT_HASH:
        facts.hash = entry->d_un.d_ptr;
        break;
      case DT_GNU_HASH:
        facts.gnu_hash = entry->d_un.d_ptr;
        break;
      case DT_RPATH:
      case DT_RUNPATH:
        facts.library_path = entry->d_un.d_val;
        break;
      case DT_FLAGS_1:
        facts.is_program = (entry->d_un.d_val & DF_1_PIE) != 0;
        break;
      default:
        break;
    }
  }
  return facts;
}

/// Finds names by the tables that the dynamic linker uses.
class symbol_table {
 public:
  symbol_table(const elf_file& file, const dynamic_facts& facts)
      : file_(file), facts_(facts), texts_(facts.texts ? file.offset_of(*facts.texts) : 0) {}

  bool defines(std::string_view name) const {
    if (!facts_.texts || !facts_.symbols) return false;
    if (facts_.gnu_hash) return find_by_gnu_hash(file_.offset_of(*facts_.gnu_hash), name);
    return facts_.hash && find_by_hash(file_.offset_of(*facts_.hash), name);
  }

 private:
  bool is_definition(std::uint32_t index, std::string_view name) const {
    const auto symbol = file_.at<symbol_entry>(file_.offset_of(*facts_.symbols) + index * sizeof(symbol_entry));
    if (!symbol || symbol->st_shndx == SHN_UNDEF) return false;
    const unsigned binding = symbol->st_info >> 4U;
    const unsigned visibility = symbol->st_other & 3U;
    if (binding == STB_LOCAL || visibility == STV_HIDDEN || visibility == STV_INTERNAL) return false;
    return file_.text_at(texts_ + symbol->st_name, name.size() + 1) == name;
  }

  // Header of four words, filter of machine words, buckets, chains whose last hash has the lowest bit set.
  bool find_by_gnu_hash(std::uint64_t table, std::string_view name) const {
    std::uint32_t wanted = 5'381;
    for (const char letter : name) wanted = wanted * 33 + static_cast<unsigned char>(letter);
    const auto buckets = file_.at<std::uint32_t>(table);
    const auto first_symbol = file_.at<std::uint32_t>(table + 4);
    const auto filter_words = file_.at<std::uint32_t>(table + 8);
    if (!buckets || !first_symbol || !filter_words || *buckets == 0) return false;
    const std::uint64_t buckets_at = table + 16 + std::uint64_t{*filter_words} * sizeof(address);
    const std::uint64_t chains_at = buckets_at + std::uint64_t{*buckets} * 4;
    const auto start = file_.at<std::uint32_t>(buckets_at + std::uint64_t{wanted % *buckets} * 4);
    if (!start || *start < *first_symbol) return false;
    for (std::uint32_t step = 0; step < chain_length_max; ++step) {
      const std::uint64_t index = std::uint64_t{*start} + step;
      const auto hash = file_.at<std::uint32_t>(chains_at + (index - *first_symbol) * 4);
      if (!hash || index > UINT32_MAX) return false;
      if ((*hash | 1U) == (wanted | 1U) && is_definition(static_cast<std::uint32_t>(index), name)) return true;
      if ((*hash & 1U) != 0) return false;
    }
    return false;
  }

  // Numbers of buckets and chains, buckets, chains of symbol numbers that end with 0.
  bool find_by_hash(std::uint64_t table, std::string_view name) const {
    std::uint32_t wanted = 0;
    for (const char letter : name) {
      wanted = (wanted << 4U) + static_cast<unsigned char>(letter);
      wanted = (wanted ^ ((wanted & 0xF000'0000U) >> 24U)) & 0x0FFF'FFFFU;
    }
    const auto buckets = file_.at<std::uint32_t>(table);
    if (!buckets || *buckets == 0) return false;
    const std::uint64_t buckets_at = table + 8;
    const std::uint64_t chains_at = buckets_at + std::uint64_t{*buckets} * 4;
    auto index = file_.at<std::uint32_t>(buckets_at + std::uint64_t{wanted % *buckets} * 4);
    for (std::size_t step = 0; index && *index != 0 && step < chain_length_max; ++step) {
      if (is_definition(*index, name)) return true;
      index = file_.at<std::uint32_t>(chains_at + std::uint64_t{*index} * 4);
    }
    return false;
  }

  const elf_file& file_;
  const dynamic_facts& facts_;
  std::uint64_t texts_;
};

/// Why the header is not that of a shared object of this machine; empty if it is.
std::string header_problem(std::string_view bytes, const std::optional<elf_header>& header) {
  if (bytes.substr(0, SELFMAG) != std::string_view(ELFMAG, SELFMAG)) return "is no ELF file";
  if (!header) return "is an ELF file that was cut off";
  const unsigned char elf_class = header->e_ident[EI_CLASS];
  if (elf_class != own_class || header->e_ident[EI_DATA] != own_order || header->e_machine != own_machine) {
    return "is for another machine; this one is " + std::string(own_machine_name);
  }
  if (header->e_type == ET_EXEC) return "is a program, no shared object";
  if (header->e_type != ET_DYN) return "is an ELF file, but no shared object (link it with -shared)";
  if (header->e_phentsize != sizeof(program_header)) return "has segments of an unknown size";
  return {};
}

}  // namespace

elf_reading read_elf(std::string_view bytes, std::string_view symbol) {
  elf_file file(bytes);
  const auto header = file.at<elf_header>(0);
  elf_reading result;
  result.problem = header_problem(bytes, header);
  if (!result.problem.empty()) return result;
  if (!file.read_segments(*header)) {
    result.problem = "is an ELF file that was cut off";
    return result;
  }
  const auto* dynamic = file.dynamic_segment();
  if (dynamic == nullptr) {
    result.problem = "is an ELF file without a dynamic section";
    return result;
  }
  const auto facts = read_dynamic(file, *dynamic);
  if (facts.is_program) {
    result.problem = "is a program, no shared object";
    return result;
  }
  if (facts.library_path && facts.texts) {
    const auto path = file.text_at(file.offset_of(*facts.texts) + *facts.library_path, library_path_bytes_max);
    result.object.library_path = path.value_or("(it cannot be read)");
  }
  result.object.exports = symbol_table(file, facts).defines(symbol);
  return result;
}

}  // namespace planguild
