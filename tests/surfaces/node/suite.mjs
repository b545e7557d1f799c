// The official `openai` SDK for Node against `/v1`, over every kind of provider.
//
//   node suite.mjs <base URL> <key> <model> [<model> …]
//
// Each model belongs to another provider and is played by tests/fakes: it echoes, obeys schemas, calls tools that are
// required, and fails where its name says so. Prints one line of JSON for each check: where, check, and what went wrong.
import assert from "node:assert/strict";
import OpenAI from "openai";

const [baseURL, apiKey, ...models] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const chat = client.chat.completions;
const { responses } = client;

const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const HELLO = [{ role: "user", content: "Hello you there" }];
const ECHO = "You said: Hello you there";

const tool = (name) => ({
  type: "function",
  function: {
    name,
    description: `Tells the ${name}.`,
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
});
const TOOLS = [tool("weather"), tool("time")];
const SCHEMA = {
  type: "json_schema",
  json_schema: {
    name: "reply",
    strict: true,
    schema: {
      type: "object",
      properties: { answer: { type: "string" } },
      required: ["answer"],
      additionalProperties: false,
    },
  },
};

async function collected(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function assertTwoCalls(choice) {
  assert.equal(choice.finish_reason, "tool_calls");
  const calls = choice.message.tool_calls;
  assert.deepEqual(calls.map((call) => call.function.name).sort(), ["time", "weather"]);
  assert.equal(new Set(calls.map((call) => call.id)).size, 2);
  for (const call of calls) assert.equal(typeof JSON.parse(call.function.arguments).city, "string");
}

async function assertRefused(asked, type, status) {
  const error = await asked.then(
    () => assert.fail("it was not refused"),
    (caught) => caught,
  );
  assert.ok(error instanceof type, `${error.constructor.name} (${error.status}) instead of ${type.name}: ${error.message}`);
  assert.equal(error.status, status);
  assert.ok(error.code, "no code");
  assert.ok(error.requestID, "no request id");
}

/** The model of the same provider that fails in this way. */
const failing = (model, fault) => `${model.split("/")[0]}/fault-${fault}`;

const forEveryProvider = {
  // The tools come first: Ollama cannot be told that a call is required, so its first three answers are scripted.
  async "chat.tools.parallel"(model) {
    const asked = { model, messages: HELLO, tools: TOOLS, tool_choice: "required" };
    assertTwoCalls((await chat.create(asked)).choices[0]);
    assertTwoCalls((await chat.stream(asked).finalChatCompletion()).choices[0]);
  },
  async "chat.tools.loop"(model) {
    const asked = { model, tools: TOOLS };
    const { message } = (await chat.create({ ...asked, messages: HELLO, tool_choice: "required" })).choices[0];
    const results = message.tool_calls.map((call) => ({ role: "tool", tool_call_id: call.id, content: "sunny" }));
    const after = await chat.create({ ...asked, messages: [...HELLO, message, ...results] });
    assert.match(after.choices[0].message.content, /sunny/);
  },
  async "chat.whole"(model) {
    const answer = await chat.create({ model, messages: HELLO });
    assert.equal(answer.object, "chat.completion");
    assert.equal(answer.choices[0].message.content, ECHO);
    assert.equal(answer.choices[0].finish_reason, "stop");
    assert.ok(answer.usage.prompt_tokens > 0 && answer.usage.completion_tokens > 0);
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
    assert.ok(answer._request_id);
  },
  async "chat.stream"(model) {
    const heard = [];
    const stream = chat.stream({ model, messages: HELLO }).on("content", (delta) => heard.push(delta));
    const answer = await stream.finalChatCompletion();
    assert.equal(heard.join(""), ECHO);
    assert.equal(answer.choices[0].message.content, ECHO);
    assert.equal(answer.choices[0].finish_reason, "stop");
  },
  async "chat.stream.usage"(model) {
    const asked = { model, messages: HELLO, stream: true };
    const told = await collected(await chat.create({ ...asked, stream_options: { include_usage: true } }));
    const last = told.at(-1);
    assert.deepEqual(last.choices, []);
    assert.ok(last.usage.total_tokens > 0);
    // Azure's first chunk, its verdict on the prompt, has no such key; what Azure says is passed on.
    assert.ok(told.slice(0, -1).every((chunk) => !chunk.usage));
    const untold = await collected(await chat.create(asked));
    assert.ok(untold.every((chunk) => !chunk.usage && chunk.choices.length === 1));
  },
  async "chat.images"(model) {
    const content = [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: PIXEL } },
    ];
    const answer = await chat.create({ model, messages: [{ role: "user", content }] });
    assert.match(answer.choices[0].message.content, /What is this\?.*1 images: image\/png/);
  },
  async "chat.schema"(model) {
    const answer = await chat.parse({ model, messages: HELLO, response_format: SCHEMA });
    assert.ok("answer" in answer.choices[0].message.parsed);
  },
  async "chat.length"(model) {
    const answer = await chat.create({ model, messages: HELLO, max_completion_tokens: 2 });
    assert.equal(answer.choices[0].finish_reason, "length");
  },
  async "chat.left"(model) {
    const stream = await chat.create({ model, messages: HELLO, stream: true });
    for await (const chunk of stream) {
      assert.equal(chunk.object, "chat.completion.chunk");
      break; // closes the connection
    }
    assert.equal(stream.controller.signal.aborted, true);
  },
  async "responses.whole"(model) {
    const answer = await responses.create({ model, input: HELLO });
    assert.deepEqual([answer.status, answer.output_text], ["completed", ECHO]);
    assert.equal(answer.usage.total_tokens, answer.usage.input_tokens + answer.usage.output_tokens);
    assert.equal((await responses.retrieve(answer.id)).output_text, ECHO);
  },
  async "responses.stream"(model) {
    const heard = [];
    const stream = responses.stream({ model, input: HELLO });
    stream.on("response.output_text.delta", (event) => heard.push(event.delta));
    const answer = await stream.finalResponse();
    assert.equal(heard.join(""), ECHO);
    assert.equal(answer.output_text, ECHO);
  },
  async "responses.schema"(model) {
    const format = { type: "json_schema", ...SCHEMA.json_schema };
    const answer = await responses.parse({ model, input: HELLO, text: { format } });
    assert.ok("answer" in answer.output_parsed);
  },
  async "responses.continued"(model) {
    const first = await responses.create({ model, input: HELLO });
    const second = await responses.create({ model, input: "And you?", previous_response_id: first.id });
    const items = await collected(await responses.inputItems.list(second.id, { order: "asc", limit: 2 }));
    assert.deepEqual(items.map((item) => item.role), ["user", "assistant", "user"]);
    await responses.delete(first.id);
    await assertRefused(responses.retrieve(first.id), OpenAI.NotFoundError, 404);
  },
  async "responses.background"(model) {
    const asked = { model, input: HELLO, background: true, stream: true };
    const events = await collected(await responses.create(asked));
    assert.equal(events.at(-1).response.output_text ?? ECHO, ECHO);
    const { id } = events[0].response;
    const rest = await responses.retrieve(id, { stream: true, starting_after: events[2].sequence_number });
    assert.deepEqual(await collected(rest), events.slice(3));
  },
  async "responses.errors.in_stream"(model) {
    const stream = await responses.create({ model: failing(model, "cut"), input: HELLO, stream: true });
    await assert.rejects(collected(stream), OpenAI.APIError);
  },
  async "errors.context_too_long"(model) {
    const asked = chat.create({ model: failing(model, "context"), messages: HELLO });
    await assertRefused(asked, OpenAI.BadRequestError, 400);
  },
  async "errors.model_not_found"(model) {
    await assertRefused(chat.create({ model: failing(model, "404"), messages: HELLO }), OpenAI.NotFoundError, 404);
  },
  async "errors.rate_limited"(model) {
    const asked = chat.create({ model: failing(model, "429-bare"), messages: HELLO });
    await assertRefused(asked, OpenAI.RateLimitError, 429);
  },
  async "errors.provider"(model) {
    const asked = chat.create({ model: failing(model, "401"), messages: HELLO });
    await assertRefused(asked, OpenAI.InternalServerError, 503);
  },
  async "errors.in_stream"(model) {
    const stream = await chat.create({ model: failing(model, "cut"), messages: HELLO, stream: true });
    await assert.rejects(collected(stream), OpenAI.APIError);
  },
};

const once = {
  async "embeddings.encodings"() {
    const asked = { model: "openai/text-embedding-3-small", input: ["a", "b"] };
    const packed = await client.embeddings.create(asked); // the SDK asks for base64 by itself
    const plain = await client.embeddings.create({ ...asked, encoding_format: "float" });
    assert.equal(packed.data.length, 2);
    packed.data.forEach(({ embedding }, place) => {
      assert.equal(embedding.length, plain.data[place].embedding.length);
      embedding.forEach((number, at) => assert.ok(Math.abs(number - plain.data[place].embedding[at]) < 1e-5));
    });
  },
  async "models.list"() {
    const listed = await collected(client.models.list());
    const providers = new Set(listed.map((model) => model.id.split("/")[0]));
    assert.deepEqual([...providers].sort(), ["auto", ...models.map((model) => model.split("/")[0])].sort());
  },
  async "models.retrieve"() {
    const [first] = await collected(client.models.list());
    assert.deepEqual((await client.models.retrieve(first.id)).id, first.id);
    await assertRefused(client.models.retrieve("nobody/none"), OpenAI.NotFoundError, 404);
  },
  async "errors.wrong_key"() {
    const stranger = new OpenAI({ baseURL, apiKey: "wrong", maxRetries: 0 });
    await assertRefused(stranger.models.list(), OpenAI.AuthenticationError, 401);
  },
  async "errors.unknown_model"() {
    await assertRefused(chat.create({ model: "nobody/none", messages: HELLO }), OpenAI.NotFoundError, 404);
  },
  async "errors.malformed"() {
    const asked = chat.create({ model: models[0], messages: [{ role: "wizard", content: "Hi" }] });
    await assertRefused(asked, OpenAI.BadRequestError, 400);
  },
};

async function run(where, check, work) {
  try {
    await work();
    console.log(JSON.stringify({ where, check, error: null }));
  } catch (error) {
    console.log(JSON.stringify({ where, check, error: `${error.stack ?? error}` }));
  }
}

for (const model of models)
  for (const [check, work] of Object.entries(forEveryProvider)) await run(model, check, () => work(model));
for (const [check, work] of Object.entries(once)) await run("/v1", check, work);
