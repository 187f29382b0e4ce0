# PeakSeat 峰席. `make help` lists what there is.

GO      ?= go
BIN     := bin/peakseat

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

web/node_modules: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

web: web/node_modules ## build the web app into web/dist, where the binary embeds it
	cd web && npm run --silent generate && npm run --silent build

build: web ## build bin/peakseat
	$(GO) build -ldflags '-s -w' -o $(BIN) ./cmd/peakseat

run: build ## run everything on this machine: PostgreSQL, NATS, a demo marketplace, the web app
	$(BIN) run

test/verifiers/node_modules: test/verifiers/package-lock.json
	cd test/verifiers && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

test: build test/verifiers/node_modules ## every proof in a small form, against a real PostgreSQL and NATS, then the app in a real browser
	$(GO) test -timeout 12m ./...
	cd web && npm run --silent types && npm run --silent test && npm run --silent journeys

screenshots: build ## every page, both languages, desk and phone, light and dark, into web/screenshots
	cd web && npm run --silent screenshots

check: web/node_modules ## what a change must pass: lint, tests under the race detector, fresh generated files, known vulnerabilities
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run ./...
	$(GO) vet ./...
	$(GO) test -race -timeout 30m ./...
	cd web && npm run --silent formatted && npm run --silent generate && npm run --silent lint
	$(MAKE) verify
	-$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...

bench: build ## the matching engine's ten bars beside LEMON (hours; BARS='-bars 2 -instances "L XL"'), then the Go benchmarks
	-$(GO) run ./test/bars $(BARS)
	$(GO) test -run '^$$' -bench . -benchtime 2s ./...

generate: ## write docs/openapi.json, docs/events and the index of decisions anew
	$(GO) run ./cmd/peakseat openapi > docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json
	$(GO) test -count 1 ./internal/fact -update
	$(GO) test -count 1 ./docs -update

verify: ## the generated files are fresh
	$(MAKE) generate
	@git diff --exit-code -- docs
	@new=$$(git ls-files --others --exclude-standard -- docs); test -z "$$new" || { echo "not committed: $$new"; exit 1; }

prove: ## the figures at their named sizes, written to docs/figures.json (two hours on two quiet cores); PART=Ledger for one of them
	@mkdir -p bin && rm -f bin/figures.jsonl
	@status=0; PEAKSEAT_PROVE=1 PEAKSEAT_FIGURES=$(CURDIR)/bin/figures.jsonl $(GO) test -count 1 -timeout 3h -p 1 -run '^TestProve$(PART)' -v ./... || status=$$?; \
	$(GO) run ./test/figures $(if $(PART),docs/figures.json) < bin/figures.jsonl > bin/figures.json && mv bin/figures.json docs/figures.json; \
	exit $$status

mutants: ## take every constraint, policy and access rule away in turn: the suite must turn red (an hour on two quiet cores; resumable)
	@mkdir -p bin && rm -f bin/mutants.figures
	@status=0; PEAKSEAT_FIGURES=$(CURDIR)/bin/mutants.figures $(GO) run ./test/mutants $(MUTANTS) || status=$$?; \
	test ! -s bin/mutants.figures || { $(GO) run ./test/figures docs/figures.json < bin/mutants.figures > bin/figures.json && mv bin/figures.json docs/figures.json; }; \
	exit $$status

.PHONY: help web build screenshots run test check bench generate verify prove mutants
