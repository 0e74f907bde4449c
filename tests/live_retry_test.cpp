// What a client does after an answer, and how long it waits.
#include <chrono>

#include <catch2/catch.hpp>

#include "live/answer_head.h"
#include "live/request_limit.h"
#include "live/retry.h"

using namespace meshcheck::live;
using namespace std::chrono_literals;

namespace {

Answer answered(int status, std::string content_type = "application/json") {
  Answer answer;
  answer.status = status;
  answer.content_type = std::move(content_type);
  return answer;
}

Answer failed(Failure failure) {
  Answer answer;
  answer.failure = failure;
  return answer;
}

}  // namespace

TEST_CASE("a status decides whether to ask again") {
  CHECK(judge(answered(200), {}) == Verdict::usable);
  CHECK(judge(answered(401), {}) == Verdict::unauthorized);
  CHECK(judge(answered(403), {}) == Verdict::forbidden);
  CHECK(judge(answered(404, "text/plain"), {}) == Verdict::absent);
  CHECK(judge(answered(410), {}) == Verdict::expired);
  CHECK(judge(answered(504), {}) == Verdict::smaller);
  for (const int status : {429, 500, 502, 503, 504, 413}) {
    CHECK(may_repeat(judge(answered(status, "text/plain"), {})));
  }
  for (const int status : {100, 204, 302, 400, 401, 403, 404, 405, 406, 410, 422, 501}) {
    CHECK_FALSE(may_repeat(judge(answered(status), {})));
  }
}

TEST_CASE("a 200 counts only with a whole body of JSON") {
  CHECK(judge(answered(200), {true, false}) == Verdict::again);
  CHECK(judge(answered(200, "text/html"), {}) == Verdict::hopeless);
  CHECK(judge(answered(200, "text/plain"), {false, true}) == Verdict::usable);
  CHECK(judge(answered(200, "application/json;g=apidiscovery.k8s.io;v=v2"), {}) == Verdict::usable);
}

TEST_CASE("a broken connection may heal, missing trust does not") {
  CHECK(may_repeat(judge(failed(Failure::broken), {})));
  CHECK(may_repeat(judge(failed(Failure::unreachable), {})));
  CHECK(judge(failed(Failure::timed_out), {}) == Verdict::smaller);
  CHECK(judge(failed(Failure::distrusted), {}) == Verdict::fatal);
  CHECK(judge(failed(Failure::identity), {}) == Verdict::fatal);
  CHECK(judge(failed(Failure::cancelled), {}) == Verdict::ended);
  CHECK(judge(failed(Failure::refused), {}) == Verdict::hopeless);
}

TEST_CASE("a wait grows, has a limit, and is no shorter than the server asks") {
  CHECK(backoff(1, {}, 0) == 0ms);
  CHECK(backoff(1, {}, 0.5) == 125ms);
  CHECK(backoff(3, {}, 0.5) == 500ms);
  CHECK(backoff(60, {}, 0.5) == 5000ms);
  CHECK(backoff(1, 3s, 0.99) == 3000ms);
  CHECK(backoff(6, 1s, 0.5) == 4000ms);
}

TEST_CASE("Retry-After is a number of seconds or a date, of the header or of the Status") {
  Answer answer;
  CHECK_FALSE(retry_after(answer, 0));
  CHECK(retry_after(answer, 4) == 4s);
  answer.retry_after = "7";
  CHECK(retry_after(answer, 4) == 7s);
  answer.retry_after = "-1";
  CHECK_FALSE(retry_after(answer, 0));
  answer.retry_after = "Wed, 21 Oct 2026 07:28:00 GMT";
  CHECK_FALSE(retry_after(answer, 0));
  answer.date = read_http_date("Wed, 21 Oct 2026 07:27:30 GMT");
  CHECK(retry_after(answer, 0) == 30s);
  answer.retry_after = "99999999999999999999";
  CHECK(retry_after(answer, 0) > 3600s);
}

TEST_CASE("a 429 halves what is in flight, calm raises it again") {
  RequestLimit limit(4);
  limit.acquire();
  limit.release(true);
  CHECK(limit.limit() == 2);
  for (int i = 0; i < 3; ++i) {
    limit.acquire();
    limit.release(true);
  }
  CHECK(limit.limit() == 1);
  for (int i = 0; i < 200; ++i) {
    limit.acquire();
    limit.release(false);
  }
  CHECK(limit.limit() == 4);
}
