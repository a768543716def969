// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <curl/curl.h>

// curl_easy_setopt(3), curl_easy_getinfo(3) and curl_multi_setopt(3) are variadic, so Swift cannot
// call them: one shim for each type of argument.

static inline CURLcode CCurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode CCurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode CCurl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode CCurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*CCurl_data_function)(char *data, size_t size, size_t count, void *context);

static inline CURLcode CCurl_set_data_function(CURL *handle, CURLoption option, CCurl_data_function value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode CCurl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode CCurl_get_socket(CURL *handle, CURLINFO info, curl_socket_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode CCurl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode CCurl_multi_set_socket_function(CURLM *multi, curl_socket_callback value) {
    return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, value);
}

static inline CURLMcode CCurl_multi_set_timer_function(CURLM *multi, curl_multi_timer_callback value) {
    return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, value);
}

// The result of a finished transfer stands in a union, which Swift reads only by copying bytes.
static inline CURLcode CCurl_message_result(const CURLMsg *message) {
    return message->data.result;
}
