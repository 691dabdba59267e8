# Daybook. `make help` lists what there is to make.
#
# One variant of the objects a compiler and its flags: build/<variant>/. Sources are found by room,
# so a new file needs no line here.

VARIANT ?= release
CC_release = gcc
CC_clang   = clang
CC_asan    = gcc
CC_fuzz    = clang
FLAGS_release = -O2 -g
FLAGS_clang   = -O1
FLAGS_asan    = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
                -fno-sanitize-recover=all
FLAGS_fuzz    = -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
                -fno-sanitize-recover=all

BUILD   := build/$(VARIANT)
COMPILE := $(CC_$(VARIANT))
WARN    := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Werror
PKGS    := libpq libcurl openssl libxml-2.0 libutf8proc jansson ncursesw panelw
prefix  ?= /usr/local
SHAREDIR ?= $(prefix)/share/daybook
MANDIR  ?= $(prefix)/share/man

# pkg-config and pg_config may be missing before `make deps`; nothing below fails for that.
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LIBS_base  := $(shell pkg-config --libs libutf8proc 2>/dev/null)
LIBS_all   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lpthread
# The core alone listens; nothing else is linked with what it listens with.
LIBS_core  := $(shell pkg-config --libs libmicrohttpd gnutls 2>/dev/null)

CFLAGS = -std=c17 -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE $(WARN) \
         -Iinclude -Ibuild/gen $(PKG_CFLAGS) $(FLAGS_$(VARIANT)) \
         -DDAYBOOK_SHAREDIR='"$(SHAREDIR)"'
ifneq ($(filter asan fuzz,$(VARIANT)),)
CFLAGS := $(filter-out -D_FORTIFY_SOURCE=2,$(CFLAGS))
endif
LDFLAGS = -pie -Wl,-z,relro,-z,now $(filter-out fuzzer-no-link,$(FLAGS_$(VARIANT)))

SOURCES := $(shell find src -name '*.c' | sort)
MAINS   := src/console/app/main.c src/service/main.c src/core/main.c src/town/main.c
OBJECTS := $(patsubst src/%.c,$(BUILD)/obj/%.o,$(filter-out $(MAINS),$(SOURCES))) \
           $(BUILD)/obj/embedded.o $(BUILD)/obj/embedded_data.o
LIBRARY := $(BUILD)/libdaybook.a
PROGRAMS := $(patsubst %,$(BUILD)/%,$(if $(wildcard src/console/app/main.c),daybook) \
            $(if $(wildcard src/service/main.c),daybookd) $(if $(wildcard src/core/main.c),paycore) \
            $(if $(wildcard src/town/main.c),town))

EMBEDDED := $(sort $(wildcard screens/*.screen screens/fields sql/schema/*.sql sql/query/*.sql \
            sql/seed/*.sql src/formats/profiles/*.profile src/core/openapi.yaml))

UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
# Other test programs: tests/<suite>/<name>.c gives build/<variant>/tests/<name>.
TOOLS := $(patsubst %.c,$(BUILD)/tests/%,$(notdir $(wildcard tests/screen/*.c tests/sql/*.c \
         tests/fault/*.c tests/bench/*.c tests/tidy/*.c tests/formats/*.c tests/core/*.c \
         tests/audit/*.c tests/orders/*.c)))
# The simulation is one program of several files.
SIM := $(BUILD)/tests/sim
TOOLS += $(SIM)
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
CATALOGUES := $(patsubst screens/po/%.po,build/share/locale/%/LC_MESSAGES/daybook.mo,\
              $(wildcard screens/po/*.po))

.PHONY: all help deps demo demo-clean check tidy asan fuzz model bench torture install clean pot \
        tools units fuzzers share

all: $(PROGRAMS) share ## build the programs into build/release/

help: ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

deps: ## install what is missing from the distribution's packages
	@packaging/deps

demo: deps ## set the town up, do yesterday's work, open the console
	@$(MAKE) --no-print-directory all
	@packaging/demo/demo

demo-clean: ## remove the demo's cluster and files
	@packaging/demo/demo-clean

check: deps ## run all tests, print the time of each suite
	@tests/check

tidy: $(BUILD)/tests/tidy ## check the house rules: arrows, headers, lengths, banned calls
	@$(BUILD)/tests/tidy .

asan: ## build everything under address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory VARIANT=asan all units tools

fuzz: deps ## fuzz every target for SECONDS_EACH=60 seconds
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzzers
	@tests/fuzz/run

model: deps ## search the model of the payout protocol as far as MODEL_MINUTES a search reach
	@tests/model/run large

bench: deps ## print ratios measured side by side
	@$(MAKE) --no-print-directory all tools
	@tests/bench/run

torture: deps ## the long tests, resumable
	@$(MAKE) --no-print-directory all units tools
	@tests/torture

pot: all ## extract the strings to translate into screens/po/daybook.pot
	@packaging/pot

install: all ## install programs, manual page and shared files under DESTDIR and prefix
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(SHAREDIR) $(DESTDIR)$(MANDIR)/man1 \
	    $(DESTDIR)$(MANDIR)/zh_CN/man1 $(DESTDIR)$(MANDIR)/man8
	install -m 0755 $(filter-out %/town,$(PROGRAMS)) $(DESTDIR)$(prefix)/bin/
	cp -r build/share/. $(DESTDIR)$(SHAREDIR)/
	$(BUILD)/daybook manual --language en > $(DESTDIR)$(MANDIR)/man1/daybook.1
	$(BUILD)/daybook manual --language zh_CN > $(DESTDIR)$(MANDIR)/zh_CN/man1/daybook.1
	packaging/paycore-manual $(BUILD)/paycore > $(DESTDIR)$(MANDIR)/man8/paycore.8

clean: ## remove build/
	rm -rf build

units: $(UNIT_TESTS)
tools: $(TOOLS)
fuzzers: $(FUZZERS)
share: $(CATALOGUES) build/share/locale/zh_CN.UTF-8/LC_CTYPE

# --- objects, library, programs

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(dir $@)
	@echo "  CC    $@"
	@$(COMPILE) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/embedded.o: build/gen/embedded.c
	@mkdir -p $(dir $@)
	@$(COMPILE) $(CFLAGS) -c -o $@ $<

$(BUILD)/obj/embedded_data.o: build/gen/embedded_data.S $(EMBEDDED)
	@mkdir -p $(dir $@)
	@$(COMPILE) -c -o $@ $<

# The list of embedded files is a prerequisite of its own: a new or removed file makes it new.
build/gen/embedded.list: FORCE
	@mkdir -p build/gen
	@printf '%s\n' $(EMBEDDED) > $@.$$$$; cmp -s $@ $@.$$$$ && rm $@.$$$$ || mv $@.$$$$ $@
FORCE:

build/gen/embedded.c build/gen/embedded_data.S &: build/gen/embedded.list packaging/embed $(EMBEDDED)
	@packaging/embed build/gen/embedded.list build/gen

$(LIBRARY): $(OBJECTS)
	@echo "  AR    $@"
	@rm -f $@.new; ar rcs $@.new $(OBJECTS) && mv $@.new $@

$(BUILD)/daybook: $(BUILD)/obj/console/app/main.o $(LIBRARY)
	@echo "  LD    $@"
	@$(COMPILE) $(LDFLAGS) -o $@ $^ $(LIBS_all)

$(BUILD)/daybookd: $(BUILD)/obj/service/main.o $(LIBRARY)
	@echo "  LD    $@"
	@$(COMPILE) $(LDFLAGS) -o $@ $^ $(LIBS_all)

$(BUILD)/paycore: $(BUILD)/obj/core/main.o $(LIBRARY)
	@echo "  LD    $@"
	@$(COMPILE) $(LDFLAGS) -o $@ $^ $(LIBS_core) $(LIBS_all)

$(BUILD)/town: $(BUILD)/obj/town/main.o $(LIBRARY)
	@echo "  LD    $@"
	@$(COMPILE) $(LDFLAGS) -o $@ $^ $(LIBS_all)

# --- tests

$(BUILD)/tests/%: tests/unit/%.c $(LIBRARY)
	@mkdir -p $(dir $@)
	@echo "  TEST  $@"
	@$(COMPILE) $(CFLAGS) -Itests -I. -MMD -MP -MF $@.d -o $@ $< $(LIBRARY) $(LDFLAGS) -lcmocka $(LIBS_all)

define tool_rule
$(BUILD)/tests/%: tests/$(1)/%.c $(LIBRARY)
	@mkdir -p $$(dir $$@)
	@echo "  TEST  $$@"
	@$$(COMPILE) $$(CFLAGS) -Itests -I. -I. -MMD -MP -MF $$@.d -o $$@ $$< $$(LIBRARY) $$(LDFLAGS) \
	    -lcmocka $$(shell pkg-config --libs vterm 2>/dev/null) -lutil \
	    $(if $(filter core bench,$(1)),$$(LIBS_core)) $$(LIBS_all)
endef
$(foreach suite,screen sql fault bench formats core audit orders,$(eval $(call tool_rule,$(suite))))

$(SIM): $(wildcard tests/sim/*.c tests/sim/*.h) $(LIBRARY)
	@mkdir -p $(dir $@)
	@echo "  TEST  $@"
	@$(COMPILE) $(CFLAGS) -Itests -I. -o $@ $(filter %.c,$^) $(LIBRARY) $(LDFLAGS) $(LIBS_all)

# tidy checks the house before anything else is built, so it stands alone.
$(BUILD)/tests/tidy: tests/tidy/tidy.c
	@mkdir -p $(dir $@)
	@$(COMPILE) $(CFLAGS) -o $@ $< $(LDFLAGS)

$(BUILD)/tests/fuzz_%: tests/fuzz/fuzz_%.c $(LIBRARY)
	@mkdir -p $(dir $@)
	@echo "  FUZZ  $@"
	@$(COMPILE) $(CFLAGS) -Itests -I. -MMD -MP -MF $@.d -fsanitize=fuzzer -o $@ $< $(LIBRARY) \
	    -fsanitize=address,undefined $(LIBS_all)

# --- languages

build/share/locale/%/LC_MESSAGES/daybook.mo: screens/po/%.po
	@mkdir -p $(dir $@)
	@msgfmt --check-format --check-header -o $@ $<

# A private locale, so that zh_CN works where the system has none.
build/share/locale/zh_CN.UTF-8/LC_CTYPE:
	@mkdir -p build/share/locale
	@localedef -f UTF-8 -i zh_CN build/share/locale/zh_CN.UTF-8

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
